/** @type {import("jest").Config} */
module.exports = {
    testMatch: ["<rootDir>/test/**/*.test.ts"],
    modulePathIgnorePatterns: ["<rootDir>/.local/"],
    transform: {
        "\\.ts$": [
            "@swc/jest",
            { swcrc: false, jsc: { parser: { syntax: "typescript" }, target: "es2022" } },
        ],
    },
    setupFiles: ["<rootDir>/test/support/propertyTests.ts"],
    // A run of the real engine takes seconds, and several where machines are slow.
    testTimeout: 300_000,
    maxWorkers: 2,
};
