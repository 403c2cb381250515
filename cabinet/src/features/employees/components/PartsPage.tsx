import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { type Icon, IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CombinedError } from 'urql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Page } from '@/ui/Page';

/** A thing with a name. */
interface Part {
  id: string;
  name: string;
}

interface PartsPageProps<Data, Row extends Part> {
  texts: {
    title: string;
    lead: string;
    /** On the button that adds one, and above the form. */
    add: string;
    edit: string;
    /** Why the list is empty. */
    empty: string;
    /** What happens to others when one is deleted. */
    deleting: string;
    /** Heading of the second column. */
    column: string;
  };
  icon: Icon;
  result: { data?: Data | undefined; error?: CombinedError | undefined };
  onRetry: () => void;
  rows: (data: Data) => Row[];
  /** The name of a row, where it is more than text. */
  name?: (row: Row) => ReactNode;
  /** The second column. */
  about: (row: Row) => ReactNode;
  remove: (id: string) => Promise<CombinedError | undefined>;
  /** The form for a row, or for a new one. */
  form: (row: Row | undefined, onDone: () => void) => ReactNode;
}

/** A page of things one makes, names and deletes: groups, statuses, working hours. */
export function PartsPage<Data, Row extends Part>(props: PartsPageProps<Data, Row>) {
  const { t } = useTranslation();
  const { texts, icon, rows, name, about, remove, form } = props;
  const [edited, setEdited] = useState<Row | 'new'>();
  const row = edited === 'new' ? undefined : edited;
  const close = () => setEdited(undefined);
  return (
    <Page
      title={texts.title}
      lead={texts.lead}
      actions={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
          {texts.add}
        </Button>
      }
    >
      <div className="panel panel-flush">
        <Loaded result={props.result} onRetry={props.onRetry}>
          {(data) =>
            rows(data).length === 0 ? (
              <EmptyState icon={icon} title={texts.empty} />
            ) : (
              <div className="table-scroll" role="region" aria-label={texts.title} tabIndex={0}>
                <Table verticalSpacing="sm" horizontalSpacing="md" miw={560}>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{t('employees.parts.name')}</Table.Th>
                      <Table.Th>{texts.column}</Table.Th>
                      <Table.Th ta="right">{t('common.field.actions')}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {rows(data).map((part) => (
                      <Table.Tr key={part.id}>
                        <Table.Td maw={260}>
                          <Text size="sm" fw={600} component="div" className="break">
                            {name?.(part) ?? part.name}
                          </Text>
                        </Table.Td>
                        <Table.Td>{about(part)}</Table.Td>
                        <Table.Td>
                          <Group gap="xs" justify="flex-end" wrap="nowrap">
                            <Button
                              size="xs"
                              variant="default"
                              aria-label={t('employees.list.editNamed', { name: part.name })}
                              onClick={() => setEdited(part)}
                            >
                              {t('common.action.edit')}
                            </Button>
                            <ConfirmButton
                              size="xs"
                              variant="subtle"
                              color="red"
                              aria-label={t('employees.list.deleteNamed', { name: part.name })}
                              title={t('employees.delete.question', { name: part.name })}
                              text={texts.deleting}
                              confirm={t('common.action.delete')}
                              action={() => remove(part.id)}
                            >
                              {t('common.action.delete')}
                            </ConfirmButton>
                          </Group>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </div>
            )
          }
        </Loaded>
      </div>
      <Modal
        opened={edited !== undefined}
        onClose={close}
        title={row ? texts.edit : texts.add}
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
        size="lg"
      >
        {form(row, close)}
      </Modal>
    </Page>
  );
}
