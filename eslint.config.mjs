import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["bin/", "node_modules/", "toolchain/", ".private-cloud/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json" },
      globals: { ...globals.node, ...globals.jest },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // Arrows go one way (see below): what the product is made of never sees the lab, and the lab never the product.
      "no-restricted-imports": "off",
    },
  },
  {
    files: [
      "components/**/*.ts",
      "steps/**/*.ts",
      "bundle/**/*.ts",
      "config/**/*.ts",
      "outputs/**/*.ts",
      "index.ts",
    ],
    rules: {
      "no-console": "error",
      "no-restricted-imports": ["error", { patterns: ["**/lab/**", "**/lab", "**/cli/**"] }],
    },
  },
  {
    files: ["steps/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["**/lab/**", "**/components/**", "**/cli/**", "@pulumi/*"] },
      ],
    },
  },
  {
    files: ["bundle/**/*.ts", "config/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: ["**/lab/**", "**/components/**", "**/steps/**", "**/cli/**", "@pulumi/*"] },
      ],
    },
  },
  {
    files: ["lab/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            "**/components/**",
            "**/steps/**",
            "**/bundle/**",
            "**/config/**",
            "**/outputs/**",
            "**/cli/**",
          ],
        },
      ],
    },
  },
  { files: ["**/*.{mjs,cjs,js}"], languageOptions: { globals: { ...globals.node } } },
);
