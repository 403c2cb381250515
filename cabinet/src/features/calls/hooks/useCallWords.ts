import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { endReasons, enders, exits, known, legReasons, lostReasons, operations, whys } from '../words';

/** Words of the PBX and of scenarios in the reader's language; words nobody knows are shown as they are. */
export function useCallWords() {
  const { t } = useTranslation();
  return useMemo(
    () => ({
      legReason: (word: string) => {
        const found = known(legReasons, word);
        return found ? t(`calls.reason.${found}`) : word;
      },
      lostReason: (word: string) => {
        const found = known(lostReasons, word);
        return found ? t(`calls.lost.${found}`) : word;
      },
      endReason: (word: string) => {
        const found = known(endReasons, word);
        return found ? t(`calls.end.${found}`) : word;
      },
      operation: (word: string) => {
        const found = known(operations, word);
        return found ? t(`calls.operation.${found}`) : word;
      },
      exit: (word: string) => {
        const found = known(exits, word);
        return found ? t(`calls.exit.${found}`) : t('calls.steps.digits', { digits: word });
      },
      why: (word: string) => {
        const found = known(whys, word);
        return found ? t(`calls.why.${found}`) : word;
      },
      endedBy: (word: string) => {
        const found = known(enders, word);
        return found ? t(`calls.endedBy.${found}`) : word;
      },
    }),
    [t],
  );
}
