import { useBlocker } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ConfirmDialog } from '@/ui/ConfirmDialog';

interface LeaveGuardProps {
  /** Whether something would be lost. */
  when: boolean;
  /** Other tabs and steps of this very page may be opened without asking. */
  allowsSamePage?: boolean;
}

/** Asks before unsaved changes are lost. */
export function LeaveGuard({ when, allowsSamePage = false }: LeaveGuardProps) {
  const { t } = useTranslation();
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && !(allowsSamePage && current.pathname === next.pathname),
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title={t('integrations.leave.title')}
      text={t('integrations.leave.text')}
      confirm={t('integrations.leave.confirm')}
      onConfirm={() => blocker.proceed?.()}
    />
  );
}
