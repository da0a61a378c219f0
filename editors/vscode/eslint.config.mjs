import tseslint from "typescript-eslint";

export default tseslint.config(...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked, {
  languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  rules: {
    // Numbers in messages are wanted.
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    // Index signatures are read with brackets, so that a mistyped name is seen (noPropertyAccessFromIndexSignature).
    "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
    // `node:test` collects its tests by itself; their promises are nobody's to await.
    "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [{ from: "package", package: "node:test", name: "test" }] }],
  },
});
