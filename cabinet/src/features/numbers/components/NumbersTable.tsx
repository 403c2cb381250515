import { Badge, Button, Checkbox, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import type { VirtualNumberFieldsFragment } from '@/graphql/generated/graphql';
import { TextLink } from '@/ui/TextLink';
import type { NumberChoices } from '../hooks/useNumberChoices';
import { NumberPurpose } from './NumberPurpose';
import { NumberStateBadge } from './NumberStateBadge';

interface NumbersTableProps {
  numbers: VirtualNumberFieldsFragment[];
  choices: NumberChoices;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: Set<string>) => void;
  onEdit: (number: VirtualNumberFieldsFragment) => void;
}

/** Numbers with what they are for; several can be chosen. */
export function NumbersTable({ numbers, choices, chosen, onChoose, onEdit }: NumbersTableProps) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const count = numbers.filter(({ id }) => chosen.has(id)).length;
  const toggle = (id: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) {
      next.add(id);
    } else {
      next.delete(id);
    }
    onChoose(next);
  };
  return (
    <div className="table-scroll" role="region" aria-label={t('numbers.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={980}>
        <Table.Thead>
          <Table.Tr>
            {canChange && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label={t('numbers.list.chooseAll')}
                  checked={count > 0 && count === numbers.length}
                  indeterminate={count > 0 && count < numbers.length}
                  onChange={(event) =>
                    onChoose(new Set(event.currentTarget.checked ? numbers.map(({ id }) => id) : []))
                  }
                />
              </Table.Th>
            )}
            <Table.Th>{t('numbers.field.number')}</Table.Th>
            <Table.Th>{t('numbers.field.usage')}</Table.Th>
            <Table.Th>{t('numbers.field.scenario')}</Table.Th>
            <Table.Th>{t('numbers.field.state')}</Table.Th>
            <Table.Th ta="right">{t('common.field.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {numbers.map((number) => (
            <Table.Tr key={number.id}>
              {canChange && (
                <Table.Td>
                  <Checkbox
                    aria-label={t('numbers.list.choose', { number: number.text })}
                    checked={chosen.has(number.id)}
                    onChange={(event) => toggle(number.id, event.currentTarget.checked)}
                  />
                </Table.Td>
              )}
              <Table.Td>
                <NumberCell number={number} />
              </Table.Td>
              <Table.Td miw={180} maw={280}>
                <NumberPurpose number={number} choices={choices} />
              </Table.Td>
              <Table.Td miw={140} maw={220}>
                <Text size="sm" className="break">
                  {choices.scenario(number.scenarioId) ?? '—'}
                </Text>
                <Text size="xs" c="dimmed" className="break">
                  {[choices.connection(number.connectionId), choices.integration(number.integrationId)]
                    .filter(Boolean)
                    .join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td>
                <NumberStateBadge number={number} />
              </Table.Td>
              <Table.Td>
                <Group gap="xs" justify="flex-end" wrap="nowrap">
                  <TextLink to="/calls" search={{ number: number.id }} size="sm">
                    {t('numbers.list.calls')}
                  </TextLink>
                  {canChange && (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={t('numbers.list.edit', { number: number.text })}
                      onClick={() => onEdit(number)}
                    >
                      {t('common.action.edit')}
                    </Button>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function NumberCell({ number }: { number: VirtualNumberFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <Group gap={6}>
        <TextLink
          to="/numbers/$numberId"
          params={{ numberId: number.id }}
          size="sm"
          fw={600}
          className="numeric"
          style={{ whiteSpace: 'nowrap' }}
        >
          {format.phone(number.number)}
        </TextLink>
        {number.isDefault && <Badge size="sm">{t('numbers.list.default')}</Badge>}
      </Group>
      <Text size="xs" c="dimmed" className="break">
        {[number.name, !number.records && t('numbers.list.unrecorded')].filter(Boolean).join(' · ')}
      </Text>
    </>
  );
}
