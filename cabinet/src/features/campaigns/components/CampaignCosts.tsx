import { Button, Collapse, Group, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { useFormat } from '@/format/useFormat';
import { type CampaignFieldsFragment, DeleteCampaignCostDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { CostForm } from './CostForm';

/** The money spent on a campaign, and the form that adds some. */
export function CampaignCosts({ campaign }: { campaign: CampaignFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canChange = useCan('ANALYST');
  const [, remove] = useMutation(DeleteCampaignCostDocument);
  const [opened, { toggle, close }] = useDisclosure();
  const { costs } = campaign;
  return (
    <div>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {t('campaigns.costs.title')}
        </Text>
        {canChange && (
          <Button size="compact-xs" variant="light" onClick={toggle} aria-expanded={opened}>
            {t('campaigns.costs.add')}
          </Button>
        )}
      </Group>
      <Collapse expanded={opened}>{opened && <CostForm campaignId={campaign.id} onDone={close} />}</Collapse>
      {costs.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('campaigns.costs.empty')}
        </Text>
      ) : (
        <Table verticalSpacing={4} maw={560} mt={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('campaigns.costs.period')}</Table.Th>
              <Table.Th ta="right">{t('campaigns.costs.amount')}</Table.Th>
              {canChange && <Table.Th ta="right">{t('common.field.actions')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {costs.map((cost) => {
              const period =
                cost.from === cost.to
                  ? format.day(cost.from)
                  : `${format.day(cost.from)} – ${format.day(cost.to)}`;
              return (
                <Table.Tr key={cost.id}>
                  <Table.Td>{period}</Table.Td>
                  <Table.Td ta="right" className="numeric">
                    {format.money(cost.amount)}
                  </Table.Td>
                  {canChange && (
                    <Table.Td ta="right">
                      <ConfirmButton
                        size="compact-xs"
                        variant="subtle"
                        color="red"
                        aria-label={t('campaigns.costs.deleteNamed', { period })}
                        title={t('campaigns.costs.question')}
                        text={`${period}: ${format.money(cost.amount)}`}
                        confirm={t('common.action.delete')}
                        action={async () =>
                          (await remove({ input: { campaignId: campaign.id, id: cost.id } })).error
                        }
                      >
                        {t('common.action.delete')}
                      </ConfirmButton>
                    </Table.Td>
                  )}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
    </div>
  );
}
