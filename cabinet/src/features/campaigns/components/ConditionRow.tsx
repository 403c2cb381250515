import { ActionIcon, Select, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { Dispatch } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConditionOperator, ConditionParameter } from '@/graphql/generated/graphql';
import { channels } from '@/features/visitors/channels';
import {
  type ConditionFault,
  type DraftCondition,
  type Edit,
  hasKey,
  operators,
  parameters,
  type Side,
} from '../conditions';
import classes from './ConditionRow.module.css';

interface ConditionRowProps {
  side: Side;
  group: number;
  condition: DraftCondition;
  fault?: ConditionFault | undefined;
  edit: Dispatch<Edit>;
}

/** One condition: what is looked at, how, and with what it is compared. */
export function ConditionRow({ side, group, condition, fault, edit }: ConditionRowProps) {
  const { t } = useTranslation();
  const change = (to: Partial<Omit<DraftCondition, 'id'>>) =>
    edit({ type: 'change', side, group, condition: condition.id, to });
  return (
    <div className={classes.row} role="group" aria-label={t('campaigns.editor.condition')}>
      <Select
        aria-label={t('campaigns.editor.parameter')}
        allowDeselect={false}
        data={parameters.map((value) => ({ value, label: t(`campaigns.parameter.${value}`) }))}
        value={condition.parameter}
        onChange={(value) =>
          change({ parameter: value as ConditionParameter, ...(value === 'UTM_TAGS' ? {} : { key: '' }) })
        }
        className={classes.parameter}
      />
      {hasKey(condition.parameter) && (
        <TextInput
          aria-label={t('campaigns.editor.key')}
          placeholder={condition.parameter === 'OS_TAGS' ? 'service' : 'utm_source'}
          value={condition.key}
          onChange={(event) => change({ key: event.currentTarget.value })}
          error={fault === 'key' && t('common.form.required')}
          className={classes.key}
        />
      )}
      <Select
        aria-label={t('campaigns.editor.operator')}
        allowDeselect={false}
        data={operators.map((value) => ({ value, label: t(`campaigns.operator.${value}`) }))}
        value={condition.operator}
        onChange={(value) => change({ operator: value as ConditionOperator })}
        className={classes.operator}
      />
      {condition.parameter === 'CHANNEL' && condition.operator === 'EQUALS' ? (
        <Select
          aria-label={t('campaigns.editor.value')}
          data={channels.map((value) => ({
            value: value.toLowerCase(),
            label: t(`visitors.channel.${value}`),
          }))}
          value={condition.value || null}
          onChange={(value) => change({ value: value ?? '' })}
          error={fault === 'value' && t('common.form.required')}
          className={classes.value}
        />
      ) : (
        <TextInput
          aria-label={t('campaigns.editor.value')}
          value={condition.value}
          onChange={(event) => change({ value: event.currentTarget.value })}
          error={
            (fault === 'value' && t('common.form.required')) ||
            (fault === 'regexp' && t('common.form.regexp'))
          }
          className={classes.value}
        />
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        aria-label={t('campaigns.editor.removeCondition')}
        onClick={() => edit({ type: 'removeCondition', side, group, condition: condition.id })}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
