"""Rules, detectors and the engine that runs them over the units of a document."""
