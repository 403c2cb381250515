import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ConditionGroupFieldsFragment } from '@/graphql/generated/graphql';

/** The rules of one side in words. */
export function GroupsText({ groups }: { groups: ConditionGroupFieldsFragment[] }) {
  const { t } = useTranslation();
  return (
    <Stack gap={2}>
      {groups.map((group, index) => (
        <Text key={index} size="sm" className="break">
          {index > 0 && (
            <Text span size="sm" c="dimmed">
              {t('campaigns.editor.or')}{' '}
            </Text>
          )}
          {group.conditions
            .map(({ parameter, key, operator, value }) => {
              const name = key ?? t(`campaigns.parameter.${parameter}`);
              return `${name} ${t(`campaigns.sign.${operator}`)} “${value}”`;
            })
            .join(` ${t('campaigns.editor.and')} `)}
        </Text>
      ))}
    </Stack>
  );
}
