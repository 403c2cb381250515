import { Group, MultiSelect, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useModels } from '../hooks/useModels';
import { useReportPage } from '../hooks/useReportPage';
import { useReportWords } from '../hooks/useReportWords';
import type { comparedModels } from '../modelColumns';
import { type Difference, differences } from '../state';
import { OptionSelect } from './OptionSelect';

const noBase = 'none';

/** Which models and metrics stand side by side, and which model the others are compared with. */
export function ModelControls({ chosen }: { chosen: ReturnType<typeof comparedModels> }) {
  const { t } = useTranslation();
  const words = useReportWords();
  const { state, catalog, change } = useReportPage();
  const known = useModels();
  const { models, metrics, base, applicable } = chosen;
  const ids = known.length > 0 ? known.map(({ id }) => id) : models;
  const option = (id: string) => ({ value: id, label: words.model(id) });
  return (
    <section className="panel" aria-label={t('reports.models.controls')}>
      <Group gap="sm" align="flex-start">
        <MultiSelect
          label={t('reports.models.choose')}
          w={{ base: '100%', sm: 420 }}
          data={ids.map(option)}
          value={models}
          onChange={(next) => change({ models: next.length > 0 ? next : undefined })}
          maxValues={8}
        />
        <MultiSelect
          label={t('reports.models.metrics')}
          w={{ base: '100%', sm: 320 }}
          data={catalog.metrics
            .filter(({ id }) => applicable.includes(id))
            .map((metric) => ({ value: metric.id, label: words.metric(metric) }))}
          value={metrics}
          onChange={(next) => change({ metrics: next.length > 0 ? next : undefined })}
          maxValues={4}
        />
        <OptionSelect
          label={t('reports.models.base')}
          value={base ?? noBase}
          data={[{ value: noBase, label: t('reports.models.baseNone') }, ...models.map(option)]}
          onChange={(value) => change({ base: value === noBase ? undefined : value })}
          width={240}
        />
        {base !== undefined && (
          <SegmentedControl
            mt={24}
            aria-label={t('reports.models.difference')}
            value={state.diff ?? 'percent'}
            onChange={(value) => change({ diff: value === 'percent' ? undefined : (value as Difference) })}
            data={differences.map((value) => ({ value, label: t(`reports.models.${value}`) }))}
          />
        )}
      </Group>
    </section>
  );
}
