import { Button, SimpleGrid } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface FilterBarProps {
  /** How many filters are set. */
  count: number;
  onClear: () => void;
  children: ReactNode;
}

/** The filters above a list. */
export function FilterBar({ count, onClear, children }: FilterBarProps) {
  const { t } = useTranslation();
  return (
    <search aria-label={t('common.filter.label')} className="panel">
      <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing="sm">
        {children}
      </SimpleGrid>
      {count > 0 && (
        <Button
          mt="sm"
          size="compact-sm"
          variant="subtle"
          leftSection={<IconFilterOff size={16} aria-hidden />}
          onClick={onClear}
        >
          {t('common.filter.clear', { count })}
        </Button>
      )}
    </search>
  );
}
