import { Button, Group, Menu, Table, Text } from '@mantine/core';
import { IconChevronDown, IconPlus, IconSitemap } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useMutation, useQuery } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import {
  CreateScenarioDocument,
  DeleteScenarioDocument,
  type ScenarioFieldsFragment,
  ScenariosDocument,
} from '@/graphql/generated/graphql';
import { ButtonLink } from '@/ui/ButtonLink';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { EmptyState } from '@/ui/EmptyState';
import { Loaded } from '@/ui/Loaded';
import { Moment } from '@/ui/Moment';
import { notifyProblem } from '@/ui/notifyProblem';
import { Page } from '@/ui/Page';
import { TextLink } from '@/ui/TextLink';
import { useProblemText } from '@/ui/useProblemText';
import { graphInput, graphOf } from '../graph';
import { templates } from '../templates';

const context = { additionalTypenames: ['Scenario', 'VirtualNumber'] };

/** What happens to calls: the scenarios of the account. */
export function ScenariosPage() {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const [result, retry] = useQuery({ query: ScenariosDocument, context });
  return (
    <Page
      title={t('scenarios.list.title')}
      lead={t('scenarios.list.lead')}
      actions={
        <>
          <ButtonLink to="/scenarios/sounds" variant="default">
            {t('scenarios.sounds.title')}
          </ButtonLink>
          {canChange && <NewScenario />}
        </>
      }
    >
      <div className="panel panel-flush">
        <Loaded result={result} onRetry={() => retry({ requestPolicy: 'network-only' })}>
          {({ scenarios }) =>
            scenarios.length === 0 ? (
              <EmptyState
                icon={IconSitemap}
                title={t('scenarios.list.emptyTitle')}
                text={t('scenarios.list.emptyText')}
              />
            ) : (
              <ScenariosTable scenarios={scenarios} />
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

function NewScenario() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          leftSection={<IconPlus size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          {t('scenarios.list.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw={360}>
        {templates.map((template) => (
          <Menu.Item
            key={template}
            onClick={() =>
              void navigate({
                to: '/scenarios/$scenarioId',
                params: { scenarioId: 'new' },
                search: { template },
              })
            }
          >
            <Text size="sm">{t(`scenarios.template.${template}`)}</Text>
            <Text size="xs" c="dimmed">
              {t(`scenarios.templateHint.${template}`)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ScenariosTable({ scenarios }: { scenarios: ScenarioFieldsFragment[] }) {
  const { t } = useTranslation();
  const canChange = useCan('ADMIN');
  const navigate = useNavigate();
  const textOf = useProblemText();
  const [{ fetching }, create] = useMutation(CreateScenarioDocument);
  const [, remove] = useMutation(DeleteScenarioDocument);
  const copy = async (scenario: ScenarioFieldsFragment) => {
    const name = t('scenarios.list.copyName', { name: scenario.name });
    const { data, error } = await create({ input: { name, graph: graphInput(graphOf(scenario)) } }, context);
    if (error) {
      notifyProblem(textOf(error));
    } else if (data) {
      const { id } = data.createScenario.scenario;
      await navigate({ to: '/scenarios/$scenarioId', params: { scenarioId: id } });
    }
  };
  return (
    <div className="table-scroll" role="region" aria-label={t('scenarios.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={720}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('scenarios.form.name')}</Table.Th>
            <Table.Th ta="right">{t('scenarios.list.operations')}</Table.Th>
            <Table.Th ta="right">{t('scenarios.list.numbers')}</Table.Th>
            <Table.Th>{t('scenarios.list.changed')}</Table.Th>
            {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {scenarios.map((scenario) => (
            <Table.Tr key={scenario.id}>
              <Table.Td maw={320} className="break">
                <TextLink to="/scenarios/$scenarioId" params={{ scenarioId: scenario.id }} size="sm" fw={600}>
                  {scenario.name}
                </TextLink>
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {scenario.operations.length}
              </Table.Td>
              <Table.Td ta="right" className="numeric">
                {scenario.numberCount}
              </Table.Td>
              <Table.Td>
                <Moment at={scenario.changedAt} />
              </Table.Td>
              {canChange && (
                <Table.Td>
                  <Group gap="xs" justify="flex-end" wrap="nowrap">
                    <Button
                      size="xs"
                      variant="default"
                      disabled={fetching}
                      aria-label={t('scenarios.list.copyNamed', { name: scenario.name })}
                      onClick={() => void copy(scenario)}
                    >
                      {t('scenarios.list.copy')}
                    </Button>
                    <ConfirmButton
                      size="xs"
                      variant="subtle"
                      color="red"
                      aria-label={t('scenarios.list.deleteNamed', { name: scenario.name })}
                      title={t('scenarios.list.question', { name: scenario.name })}
                      text={t('scenarios.list.deleting')}
                      confirm={t('common.action.delete')}
                      action={async () => (await remove({ input: { id: scenario.id } }, context)).error}
                    >
                      {t('common.action.delete')}
                    </ConfirmButton>
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
