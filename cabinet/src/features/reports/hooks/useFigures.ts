import { useMemo } from 'react';
import { useViewer } from '@/features/session/hooks/useViewer';
import { useFormat } from '@/format/useFormat';
import type { ValueType } from '@/graphql/generated/graphql';
import * as figures from '../figures';
import type { Figure } from '../rows';

/** Figures in the language of the cabinet and the account's currency. */
export function useFigures() {
  const { locale } = useFormat();
  const { currency } = useViewer().account;
  return useMemo(
    () => ({
      figure: (value: Figure, type: ValueType) => figures.formatFigure(value, type, locale, currency),
      money: (value: Figure) => figures.formatFigure(value, 'MONEY', locale, currency),
      percent: (value: Figure) => figures.formatFigure(value, 'PERCENT', locale, currency),
      signed: (value: number, type: ValueType) => figures.formatSigned(value, type, locale, currency),
      signedPercent: (value: number) => figures.formatSignedPercent(value, locale),
    }),
    [locale, currency],
  );
}
