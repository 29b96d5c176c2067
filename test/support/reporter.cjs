// Takes mocha's results; prints them as `spec` does, and writes them to the file RETOUCH_RESULTS.
const { reporters } = require('mocha/lib/mocha.cjs');
const { writeResults } = require('../../out/test/support/testResults.js');

module.exports = class SpecWithResults extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    writeResults(runner);
  }
};
