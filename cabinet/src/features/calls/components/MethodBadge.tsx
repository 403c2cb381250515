import { Badge, Tooltip } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallAttributionMethod } from '@/graphql/generated/graphql';
import { isUnsure, methodColors } from '../words';

interface MethodBadgeProps {
  method: CallAttributionMethod;
  probability: number;
}

/** How a call was counted; ambiguity is never silent. */
export function MethodBadge({ method, probability }: MethodBadgeProps) {
  const { t } = useTranslation();
  return (
    <Tooltip
      label={t(`calls.methodHint.${method}`)}
      multiline
      maw={320}
      events={{ hover: true, focus: true, touch: true }}
    >
      <Badge
        color={methodColors[method]}
        size="sm"
        tabIndex={0}
        leftSection={method === 'AMBIGUOUS' ? <IconAlertTriangle size={12} aria-hidden /> : undefined}
      >
        {t(`calls.method.${method}`)}
        {isUnsure(method, probability) && ` · ${Math.round(probability * 100)} %`}
      </Badge>
    </Tooltip>
  );
}
