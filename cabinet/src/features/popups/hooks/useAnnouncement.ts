import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { Card } from '../cards';

/** What a screen reader is told of the card that changed last. */
export function useAnnouncement(cards: Card[]): string {
  const { t } = useTranslation();
  const format = useFormat();
  const [card] = [...cards].sort((a, b) => b.changedAt - a.changedAt);
  if (!card) {
    return '';
  }
  const { contactName, contactPhone } = card.popUp.call;
  const who = contactName || (contactPhone === '' ? t('calls.contact.hidden') : format.phone(contactPhone));
  return t('popups.stack.announcement', { phase: t(`popups.phase.${card.phase}`), who });
}
