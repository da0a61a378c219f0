"""The comment by which a person answers a finding: grammar, fingerprint, writer, audit."""
