import { Group, Skeleton, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import { Panel } from '@/ui/Panel';
import { TextLink } from '@/ui/TextLink';
import { useNumbersOf } from '../hooks/useNumbersOf';

/** Which numbers' calls go through a scenario. */
export function UsedBy({ scenarioId, count }: { scenarioId: string; count: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const numbers = useNumbersOf(scenarioId, count);
  return (
    <Panel title={t('scenarios.used.title')}>
      {numbers === undefined ? (
        <Skeleton height={24} />
      ) : count === 0 ? (
        <Text size="sm" c="dimmed">
          {t('scenarios.used.none')}{' '}
          <TextLink to="/numbers" underline="always">
            {t('scenarios.used.choose')}
          </TextLink>
        </Text>
      ) : (
        <Group component="ul" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
          {numbers.map(({ id, number, name }) => (
            <li key={id}>
              <TextLink to="/numbers/$numberId" params={{ numberId: id }} size="sm" className="numeric">
                {format.phone(number)}
              </TextLink>
              {name && (
                <Text span size="sm" c="dimmed">
                  {' '}
                  {name}
                </Text>
              )}
            </li>
          ))}
        </Group>
      )}
    </Panel>
  );
}
