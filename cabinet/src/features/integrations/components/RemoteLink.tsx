import { Anchor, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { safeHref } from '@/format/urls';
import type { RemoteObjectFieldsFragment } from '@/graphql/generated/graphql';

/** Entities we have words for; any other is shown in the system's words. */
const known = ['deal', 'lead', 'unsorted', 'note', 'contact'] as const;

/** What a job made in the system. */
export function RemoteLink({ remote }: { remote: RemoteObjectFieldsFragment | null }) {
  const { t } = useTranslation();
  if (!remote) {
    return '—';
  }
  const entity = known.find((word) => word === remote.entity);
  const name = t('integrations.remote.named', {
    entity: entity ? t(`integrations.remote.${entity}`) : remote.entity,
    id: remote.id,
  });
  const href = safeHref(remote.url);
  if (href === null) {
    return (
      <Text size="sm" className="break">
        {name}
      </Text>
    );
  }
  return (
    <Anchor href={href} target="_blank" rel="noopener noreferrer" size="sm" className="break">
      {name} <IconExternalLink size={13} aria-label={t('integrations.remote.newTab')} />
    </Anchor>
  );
}
