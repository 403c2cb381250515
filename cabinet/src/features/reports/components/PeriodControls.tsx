import { useTranslation } from 'react-i18next';
import { comparedPeriod, shownPeriod } from '../request';
import { defaultPreset, type Preset, presets, previousOf } from '../period';
import { useReportPage } from '../hooks/useReportPage';
import type { Comparison } from '../state';
import { DayRange } from './DayRange';
import { OptionSelect } from './OptionSelect';

const custom = 'custom';
const noComparison = 'none';

/** The period of a report and the one it is compared with. */
export function PeriodControls() {
  const { t } = useTranslation();
  const { state, change, today } = useReportPage();
  const period = shownPeriod(state, today);
  const compared = comparedPeriod(state, today);
  const isCustom = state.from !== undefined;
  return (
    <>
      <OptionSelect
        label={t('reports.period.label')}
        value={isCustom ? custom : (state.period ?? defaultPreset)}
        data={[
          ...presets.map((value) => ({ value: value as string, label: t(`reports.preset.${value}`) })),
          { value: custom, label: t('reports.period.custom') },
        ]}
        onChange={(value) =>
          change(
            value === custom
              ? { period: undefined, ...period }
              : {
                  period: value === defaultPreset ? undefined : (value as Preset),
                  from: undefined,
                  to: undefined,
                },
          )
        }
        width={170}
      />
      {isCustom && (
        <DayRange
          period={period}
          fromLabel={t('common.filter.from')}
          toLabel={t('common.filter.to')}
          onChange={change}
        />
      )}
      <OptionSelect
        label={t('reports.period.compare')}
        value={state.compare ?? noComparison}
        data={[
          { value: noComparison, label: t('reports.period.compareNone') },
          { value: 'previous', label: t('reports.period.comparePrevious') },
          { value: 'year', label: t('reports.period.compareYear') },
          { value: custom, label: t('reports.period.compareCustom') },
        ]}
        onChange={(value) => {
          const before = value === custom ? (compared ?? previousOf(period)) : undefined;
          change({
            compare: value === noComparison ? undefined : (value as Comparison),
            cfrom: before?.from,
            cto: before?.to,
          });
        }}
        width={250}
      />
      {state.compare === 'custom' && compared && (
        <DayRange
          period={compared}
          fromLabel={t('reports.period.compareFrom')}
          toLabel={t('reports.period.compareTo')}
          onChange={({ from, to }) => change({ cfrom: from, cto: to })}
        />
      )}
    </>
  );
}
