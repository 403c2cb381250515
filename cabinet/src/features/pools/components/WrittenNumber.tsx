import { Text, type TextProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { written } from '../mask';

interface WrittenNumberProps extends TextProps {
  block: { mask: string; wording: string };
}

/** A number of no subscriber. */
const example = '74950000123';

/** How a block would write a number. */
export function WrittenNumber({ block, ...props }: WrittenNumberProps) {
  const { t } = useTranslation();
  const place = { country: t('pools.block.country'), city: t('pools.block.city') };
  return (
    <Text className="break numeric" {...props}>
      {written(block, example, place)}
    </Text>
  );
}
