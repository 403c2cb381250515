import { useTranslation } from 'react-i18next';
import { useModels } from '../hooks/useModels';
import { useReportWords } from '../hooks/useReportWords';
import { defaultModel } from '../request';
import { OptionSelect } from './OptionSelect';

interface ModelSelectProps {
  label?: string;
  value: string | undefined;
  onChange: (model: string | undefined) => void;
}

/** The attribution model of a report. */
export function ModelSelect({ label, value, onChange }: ModelSelectProps) {
  const { t } = useTranslation();
  const words = useReportWords();
  const models = useModels();
  const current = value ?? defaultModel;
  const ids = models.map(({ id }) => id);
  return (
    <OptionSelect
      label={label ?? t('reports.toolbar.model')}
      value={current}
      data={(ids.includes(current) ? ids : [current, ...ids]).map((id) => ({
        value: id,
        label: words.model(id),
      }))}
      onChange={(model) => onChange(model === defaultModel ? undefined : model)}
      width={230}
    />
  );
}
