import { Accordion, Group, List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/features/sites/components/CodeBlock';
import type { PbxKind } from '@/graphql/generated/graphql';
import { CopyButton } from '@/ui/CopyButton';
import { uisTemplates } from '../templates';

const steps = ['1', '2', '3'] as const;

/** What to do at the PBX or provider. */
export function SetupGuide({ kind }: { kind: PbxKind }) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <List type="ordered" size="sm" spacing={6}>
        {steps.map((step) => (
          <List.Item key={step}>{t(`connections.guide.${kind}${step}`)}</List.Item>
        ))}
      </List>
      {kind === 'UIS' && <UisTemplates />}
    </Stack>
  );
}

function UisTemplates() {
  const { t } = useTranslation();
  return (
    <div>
      <Text size="sm" fw={600} mb={6}>
        {t('connections.guide.templates')}
      </Text>
      <Accordion variant="contained" order={3}>
        {uisTemplates.map(({ event, title, text }) => (
          <Accordion.Item key={event} value={event}>
            <Accordion.Control lang="ru">{title}</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs">
                <CodeBlock code={text} label={title} />
                <Group>
                  <CopyButton value={text} />
                </Group>
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </div>
  );
}
