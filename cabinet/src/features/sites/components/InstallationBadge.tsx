import { Badge } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { InstallationState } from '@/graphql/generated/graphql';

const looks = {
  WAITING: { color: 'yellow', icon: IconCircleDashed },
  RECEIVING: { color: 'green', icon: IconCircleCheck },
  SILENT: { color: 'red', icon: IconCircleX },
};

/** Whether a site's snippet works, in a word. */
export function InstallationBadge({ state }: { state: InstallationState }) {
  const { t } = useTranslation();
  const { color, icon: Picture } = looks[state];
  return (
    <Badge variant="light" color={color} tt="none" fw={600} leftSection={<Picture size={14} aria-hidden />}>
      {t(`sites.installation.${state}`)}
    </Badge>
  );
}
