import { expect, test } from 'vitest';
import { callExample, exampleOf, steps } from './examples';

test.each(steps)('OC-1 the example of a %s is a request of the Data API to this server', (step) => {
  const command = exampleOf(step, 'https://stats.example', 'KEY', (of) => `a ${of}`);
  expect(command).toContain('curl https://stats.example/v2.0 ');
  const body = JSON.parse(/-d '([\s\S]*)'$/.exec(command)?.[1] ?? '') as Record<string, unknown>;
  expect(body).toMatchObject({ jsonrpc: '2.0', params: { access_token: 'KEY' } });
  expect(command).toContain(`"name": "a ${step}"`);
});

test('a quote in an example does not end the command', () => {
  expect(callExample('get.account', { name: "O'Neil" }, 'https://a', 'K')).toContain("O'\\''Neil");
});
