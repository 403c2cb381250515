import { Text, VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { PopUpEmployeeDocument } from '@/graphql/generated/graphql';
import { most } from '../cards';
import { useAnnouncement } from '../hooks/useAnnouncement';
import { useAttention } from '../hooks/useAttention';
import { useCards } from '../hooks/useCards';
import { PopUpCard } from './PopUpCard';
import classes from './PopUps.module.css';

const context = { additionalTypenames: ['Employee'] };

/** Cards of the calls of who is signed in, on any page. */
export function PopUps() {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: PopUpEmployeeDocument, context });
  const [isFront, setFront] = useState(true);
  const attend = useAttention(isFront);
  const { cards, isFront: front, close } = useCards(Boolean(data?.myEmployee), attend);
  if (front !== isFront) {
    setFront(front);
  }
  const shown = front ? cards.slice(0, most) : [];
  const announcement = useAnnouncement(shown);
  const top = shown[0]?.callId;
  useEffect(() => {
    if (top === undefined) {
      return;
    }
    const press = (event: KeyboardEvent) => {
      // A dialog or a list that is open takes the key for itself.
      if (event.key === 'Escape' && !event.defaultPrevented && !isTaken(event.target)) {
        close(top);
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [top, close]);
  return (
    <aside className={classes.stack} aria-label={t('popups.stack.label')}>
      <VisuallyHidden role="status" aria-live="polite">
        {announcement}
      </VisuallyHidden>
      {shown.map((card) => (
        <PopUpCard key={card.callId} card={card} onClose={() => close(card.callId)} />
      ))}
      {front && cards.length > most && (
        <Text className={classes.more} size="sm">
          {t('popups.stack.more', { count: cards.length - most })}
        </Text>
      )}
    </aside>
  );
}

function isTaken(target: EventTarget | null): boolean {
  const open = document.querySelector('[role="dialog"], [role="listbox"]:not([hidden]), [role="menu"]');
  return (
    open !== null &&
    (open.checkVisibility?.() ?? true) &&
    !(target instanceof Element && target.closest('article'))
  );
}
