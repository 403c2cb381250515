import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { GoalFieldsFragment } from '@/graphql/generated/graphql';

/** What a goal waits for, in words. */
export function GoalConditionsText({ goal }: { goal: GoalFieldsFragment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { conditions: c, type } = goal;
  const parts: string[] = [];
  if (type === 'TRACK_EVENT') {
    const event = [c.category, c.action, c.label, c.value].map((part) => part ?? t('goals.text.any'));
    parts.push(event.join(' / '));
  }
  if (c.seconds != null) {
    parts.push(t('goals.text.seconds', { duration: format.duration(c.seconds) }));
  }
  if (c.selector) {
    parts.push(c.selector);
  } else if (type === 'SCROLL') {
    parts.push(t(c.scrollToEnd ? 'goals.scroll.END' : 'goals.scroll.START'));
  }
  if (c.url) {
    parts.push(`${t(`goals.match.${c.urlMatch ?? 'CONTAINS'}`)} ${c.url}`);
  }
  if (c.systemEvent) {
    parts.push(t(`goals.system.${c.systemEvent}`));
  }
  return (
    <Text size="sm" c="dimmed" className="break">
      {parts.join(' · ')}
    </Text>
  );
}
