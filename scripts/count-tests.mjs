// Counts tests.
//
//   count-tests.mjs DIR PART EXIT_CODE SECONDS   reads DIR/PART.json or .log, writes DIR/PART.count, prints one line
//                                                and what failed
//   count-tests.mjs DIR total                    adds up all counts; its exit code is 1 if anything failed
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, part, exitCode, seconds] = process.argv.slice(2);

// goResults reads the lines of `go test -json`. Only leaves count: a test with subtests is the sum of them.
function goResults(text) {
  const tests = new Map();
  const output = new Map();
  const packagesFailed = [];
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    const event = JSON.parse(line);
    const name = event.Test ? `${event.Package} ${event.Test}` : (event.Package ?? event.ImportPath);
    if (event.Action === 'output' || event.Action === 'build-output') {
      output.set(name, (output.get(name) ?? '') + event.Output);
    } else if (event.Action === 'build-fail') {
      packagesFailed.push(name);
    } else if (['pass', 'fail', 'skip'].includes(event.Action)) {
      if (event.Test) tests.set(name, event.Action);
      else if (event.Action === 'fail') packagesFailed.push(name);
    }
  }
  const parents = new Set();
  for (const name of tests.keys()) {
    for (let at = name.lastIndexOf('/'); at > name.indexOf(' '); at = name.lastIndexOf('/', at - 1)) parents.add(name.slice(0, at));
  }
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const blamed = new Set();
  for (const [name, action] of tests) {
    const leaf = !parents.has(name);
    const failedChild = () => [...tests].some(([other, a]) => a === 'fail' && other.startsWith(`${name}/`));
    if (action === 'fail' && !failedChild()) {
      result.failed++;
      blamed.add(name.split(' ')[0]);
      result.failures.push(`${name}\n${output.get(name) ?? ''}`);
    } else if (leaf && action !== 'fail') {
      result[action === 'pass' ? 'passed' : 'skipped']++;
    }
  }
  // A package that fails without a failing test did not build, raced, panicked or ran out of time.
  for (const name of new Set(packagesFailed)) {
    if (blamed.has(name)) continue;
    result.failed++;
    result.failures.push(`${name}\n${(output.get(name) ?? '').slice(-8000)}`);
  }
  return result;
}

function vitestResults(text) {
  const report = JSON.parse(text);
  const failures = report.testResults
    .filter((file) => file.status === 'failed')
    .map((file) => [file.name, file.message, ...file.assertionResults.filter((t) => t.status === 'failed').map((t) => `${t.fullName}\n${t.failureMessages.join('\n')}`)].join('\n'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.testResults.filter((f) => f.status === 'failed' && f.assertionResults.every((t) => t.status !== 'failed')).length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
    failures,
  };
}

// logResults reads the summary of node:test; without one, the part counts as one test.
function logResults(text, code) {
  const number = (word) => text.match(new RegExp(`^(?:#|ℹ) ${word} (\\d+)`, 'm'))?.[1];
  if (number('pass') === undefined) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, failures: [] };
  return { passed: Number(number('pass')), failed: Number(number('fail') ?? 0), skipped: Number(number('skipped') ?? 0), failures: [] };
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function countPart() {
  const json = read(join(dir, `${part}.json`));
  const log = read(join(dir, `${part}.log`));
  const code = Number(exitCode);
  let result;
  if (/^\{[^\n]*"Action"/.test(json)) result = goResults(json);
  else if (json) result = vitestResults(json);
  else result = logResults(log, code);
  if (code !== 0 && result.failed === 0) result.failed = 1; // it failed before or after its tests
  writeFileSync(join(dir, `${part}.count`), JSON.stringify({ part, passed: result.passed, failed: result.failed, skipped: result.skipped }));
  console.log(`test: ${part}: ${result.passed} passed, ${result.failed} failed${result.skipped ? `, ${result.skipped} skipped` : ''} (${seconds} s)`);
  if (result.failed === 0) return;
  for (const failure of result.failures.slice(0, 40)) console.log(`--- ${failure.trimEnd()}`);
  if (log.trim()) console.log(log.slice(-12000));
}

function countTotal() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.count'))) {
    const count = JSON.parse(read(join(dir, file)));
    for (const key of Object.keys(total)) total[key] += count[key];
  }
  writeFileSync(join(dir, 'total.json'), JSON.stringify(total));
  console.log(`test: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

if (part === 'total') countTotal();
else countPart();
