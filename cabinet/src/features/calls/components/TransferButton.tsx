import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowForwardUp } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CallAction } from '@/graphql/generated/graphql';
import { EmployeeSelect } from './EmployeeSelect';

interface TransferButtonProps {
  control: (action: CallAction, more: { toEmployeeId?: string; toNumber?: string }) => Promise<boolean>;
  pending: boolean;
  name: string | undefined;
}

/** Transfers a running call at once, to an employee or a number. */
export function TransferButton({ control, pending, name }: TransferButtonProps) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure();
  const [employee, setEmployee] = useState<string | null>(null);
  const [number, setNumber] = useState('');
  const text = t('calls.control.transfer');
  const send = async () => {
    if (await control('TRANSFER', employee ? { toEmployeeId: employee } : { toNumber: number.trim() })) {
      close();
    }
  };
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        disabled={pending}
        leftSection={<IconArrowForwardUp size={14} aria-hidden />}
        aria-haspopup="dialog"
        aria-label={name ? `${text}: ${name}` : undefined}
        onClick={open}
      >
        {text}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('calls.control.transferTitle')}
        centered
        closeButtonProps={{ 'aria-label': t('common.action.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <Stack>
            <EmployeeSelect
              label={t('calls.control.toEmployee')}
              placeholder=""
              value={employee}
              onChange={setEmployee}
            />
            <TextInput
              label={t('calls.control.toNumber')}
              inputMode="tel"
              disabled={employee !== null}
              value={number}
              onChange={(event) => setNumber(event.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t('common.action.cancel')}
              </Button>
              <Button type="submit" loading={pending} disabled={employee === null && number.trim() === ''}>
                {text}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
