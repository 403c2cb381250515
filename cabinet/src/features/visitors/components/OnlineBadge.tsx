import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** Says that a visitor is on the site now. */
export function OnlineBadge() {
  const { t } = useTranslation();
  return (
    <Badge variant="light" color="green" tt="none" style={{ flex: 'none' }}>
      {t('visitors.card.online')}
    </Badge>
  );
}
