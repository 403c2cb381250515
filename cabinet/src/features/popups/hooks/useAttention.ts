import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/format/useFormat';
import type { PopUpFieldsFragment } from '@/graphql/generated/graphql';
import { preferences } from '../preferences';
import { ring } from '../sound';

/** Calls attention to a ring once, by the means this browser was allowed. */
export function useAttention(isFront: boolean) {
  const { t } = useTranslation();
  const format = useFormat();
  const told = useRef(new Set<string>());
  return useCallback(
    ({ phase, call }: PopUpFieldsFragment) => {
      const key = `${call.id} ${phase}`;
      if (!isFront || (phase !== 'RINGING' && phase !== 'LOST') || told.current.has(key)) {
        return;
      }
      told.current.add(key);
      const { sound, notify } = preferences();
      if (sound && phase === 'RINGING') {
        // Without a sound device there is still the card.
        void ring().catch(() => undefined);
      }
      if (
        notify &&
        !document.hasFocus() &&
        'Notification' in window &&
        Notification.permission === 'granted'
      ) {
        const phone = call.contactPhone === '' ? t('calls.contact.hidden') : format.phone(call.contactPhone);
        const note = new Notification(t(`popups.phase.${phase}`), {
          body: [call.contactName, phone].filter(Boolean).join(', '),
          tag: call.id,
        });
        note.onclick = () => {
          window.focus();
          note.close();
        };
      }
    },
    [isFront, t, format],
  );
}
