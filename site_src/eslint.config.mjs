/* Rules for every script of the project. Run from the project's folder, as `make check` does. */
import js from "@eslint/js";
import globals from "globals";

const strictness = {
  complexity: ["error", 12],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-depth": ["error", 4],
  "consistent-return": "error",
  eqeqeq: ["error", "always", { null: "ignore" }],
  "no-eval": "error",
  "no-implied-eval": "error",
  "no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" }],
  "no-use-before-define": ["error", { functions: false, variables: false }],
  "no-var": "error",
  "object-shorthand": "error",
  "prefer-const": ["error", { destructuring: "all" }],
  strict: ["error", "safe"],
};

export default [
  js.configs.recommended,
  { rules: strictness },
  {
    // Classic scripts: one namespace; the parts that need no page are also required in Node, where they are tested.
    files: ["site_src/*.js", "site_src/js/*.js", "site_src/kit/**/*.js", "timeless/instruments/*/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: { ...globals.browser, Timeless: "readonly", Plotly: "readonly", module: "readonly", require: "readonly" },
    },
    rules: { strict: ["error", "function"] },
  },
  {
    files: ["tests/js/*.js"],
    languageOptions: { sourceType: "commonjs", globals: globals.node },
    rules: { "max-lines-per-function": "off" },
  },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
];
