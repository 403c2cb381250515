import { Badge } from '@mantine/core';
import { IconForms, IconMessage, IconPhone, IconTargetArrow } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CommunicationKind } from '@/graphql/generated/graphql';

const looks = {
  CALL: { color: 'green', icon: IconPhone },
  CHAT: { color: 'blue', icon: IconMessage },
  OFFLINE_REQUEST: { color: 'orange', icon: IconForms },
  GOAL: { color: 'grape', icon: IconTargetArrow },
};

/** Kind of a communication. */
export function KindBadge({ kind }: { kind: CommunicationKind }) {
  const { t } = useTranslation();
  const { color, icon: Picture } = looks[kind];
  return (
    <Badge
      variant="light"
      color={color}
      tt="none"
      fw={600}
      leftSection={<Picture size={13} aria-hidden />}
      style={{ flex: 'none' }}
    >
      {t(`communications.kind.${kind}`)}
    </Badge>
  );
}
