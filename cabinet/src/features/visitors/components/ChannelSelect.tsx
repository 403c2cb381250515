import { MultiSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@/graphql/generated/graphql';
import { channels } from '../channels';

interface ChannelSelectProps {
  value: Channel[] | undefined;
  onChange: (channels: Channel[] | undefined) => void;
}

/** Chooses any number of channels. */
export function ChannelSelect({ value = [], onChange }: ChannelSelectProps) {
  const { t } = useTranslation();
  return (
    <MultiSelect
      label={t('visitors.filter.channels')}
      placeholder={value.length === 0 ? t('visitors.filter.anyChannel') : undefined}
      clearable
      clearButtonProps={{ 'aria-label': t('common.action.clear') }}
      data={channels.map((channel) => ({ value: channel, label: t(`visitors.channel.${channel}`) }))}
      value={value}
      onChange={(next) => onChange(next.length > 0 ? (next as Channel[]) : undefined)}
    />
  );
}
