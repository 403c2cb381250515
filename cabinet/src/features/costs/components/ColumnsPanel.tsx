import { useTranslation } from 'react-i18next';
import { Fact } from '@/ui/Fact';
import { Facts } from '@/ui/Facts';
import { Panel } from '@/ui/Panel';

const columns = ['from', 'to', 'campaign', 'site', 'cost', 'clicks', 'impressions'] as const;

/** The columns a file of costs may have. */
export function ColumnsPanel() {
  const { t } = useTranslation();
  return (
    <Panel title={t('costs.columns.title')} lead={t('costs.columns.lead')}>
      <Facts>
        {columns.map((column) => (
          <Fact key={column} name={t(`costs.column.${column}`)}>
            {t(`costs.columnHint.${column}`)}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
