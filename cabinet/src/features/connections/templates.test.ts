import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { uisTemplates } from './templates';

const guide = readFileSync(
  fileURLToPath(new URL('../../../../docs/user/telephony.md', import.meta.url)),
  'utf8',
);

test.each(uisTemplates)('the template of UIS for $event is that of the guide', ({ title, text }) => {
  expect(guide).toContain(`**${title}**\n\n\`\`\`json\n${text}\n\`\`\``);
});
