import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type CombinedError, useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { SetVisitorSeparateDocument, type VisitorQuery } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Panel } from '@/ui/Panel';
import { ProblemAlert } from '@/ui/ProblemAlert';
import { PersonVisitor } from './PersonVisitor';

interface PersonPanelProps {
  visitor: VisitorQuery['visitor'];
  onChanged: () => void;
}

const context = { additionalTypenames: ['Visitor', 'Person'] };

/** The person a visitor belongs to: the other devices, and the switch that parts them. */
export function PersonPanel({ visitor, onChanged }: PersonPanelProps) {
  const { t } = useTranslation();
  const canChange = useCan('ANALYST');
  const [{ fetching }, setSeparate] = useMutation(SetVisitorSeparateDocument);
  const [error, setError] = useState<CombinedError>();
  const change = async (isSeparate: boolean) => {
    const answer = await setSeparate({ input: { visitorId: visitor.id, isSeparate } }, context);
    if (!answer.error) {
      onChanged();
    }
    return answer.error;
  };
  const others = visitor.person?.visitors.filter(({ id }) => id !== visitor.id) ?? [];
  return (
    <Panel title={t('visitors.person.title')} lead={t('visitors.person.lead')}>
      {others.length === 0 ? (
        <Stack gap="xs">
          <Text size="sm" c="dimmed">
            {t('visitors.person.alone')}
          </Text>
          {canChange && visitor.contacts.length > 0 && (
            <div>
              <Button
                size="xs"
                variant="subtle"
                loading={fetching}
                onClick={() => void change(false).then(setError)}
              >
                {t('visitors.person.rejoin')}
              </Button>
            </div>
          )}
          <ProblemAlert error={error} />
        </Stack>
      ) : (
        <Stack gap="sm">
          <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
            {others.map((other) => (
              <PersonVisitor key={other.id} visitor={other} />
            ))}
          </Stack>
          {canChange && (
            <Group>
              <ConfirmButton
                size="xs"
                isDestructive={false}
                title={t('visitors.person.separateQuestion')}
                text={t('visitors.person.separateText')}
                confirm={t('visitors.person.separate')}
                action={() => change(true)}
              >
                {t('visitors.person.separate')}
              </ConfirmButton>
            </Group>
          )}
        </Stack>
      )}
    </Panel>
  );
}
