// Package archtest holds the tests that keep the house in shape: who may import whom, and what no package of ours may
// have. The linter refuses most of this while writing; these tests see the whole, including packages the linter is not
// told about. They list packages by running the go command, whose result the test cache does not notice: run them with
// -count=1.
package archtest
