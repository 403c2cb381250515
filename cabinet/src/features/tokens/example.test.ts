import { expect, test } from 'vitest';
import { exampleCall } from './example';

const origin = 'https://stats.example';

test('the example of a token does what the token may do', () => {
  expect(exampleCall('skv_1', ['READ', 'DATA_API'], origin)).toContain('"{ me { email } }"');
  expect(exampleCall('skv_1', ['DATA_API'], origin)).toContain(`${origin}/v2.0`);
  expect(exampleCall('skv_1', ['DATA_API'], origin)).toContain('"access_token":"skv_1"');
});

test('AN-7 the example of a token for attribution asks for a deal', () => {
  const call = exampleCall('skv_1', ['ATTRIBUTION'], origin);
  expect(call).toContain('Authorization: Bearer skv_1');
  expect(call).toContain('dealByExternalId');
});
