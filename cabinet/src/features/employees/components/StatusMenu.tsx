import { Button, Menu } from '@mantine/core';
import { IconCheck, IconSelector } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { EmployeeStatusesDocument } from '@/graphql/generated/graphql';
import { useSetStatus } from '../hooks/useSetStatus';
import { type CurrentStatus, statusColors, statuses } from '../statuses';
import { StatusDot, StatusText } from './StatusText';

interface StatusMenuProps {
  employeeId: string;
  current: CurrentStatus;
  /** What the button is for, for those who do not see where it stands. */
  label: string;
  fullWidth?: boolean;
}

const context = { additionalTypenames: ['CustomEmployeeStatus'] };

/** The status of an employee as a button that offers others. */
export function StatusMenu({ employeeId, current, label, fullWidth = false }: StatusMenuProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: EmployeeStatusesDocument, context });
  const { pending, setStatus } = useSetStatus(employeeId);
  const check = (isChosen: boolean) => isChosen && <IconCheck size={16} aria-hidden />;
  return (
    <Menu position="bottom-start" width="target" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="sm"
          fw={400}
          px="sm"
          miw={150}
          fullWidth={fullWidth}
          justify="space-between"
          loading={pending}
          rightSection={<IconSelector size={16} aria-hidden />}
          aria-label={`${label}: ${current.customStatus?.name ?? t(`employees.status.${current.status}`)}`}
        >
          <StatusText current={current} />
        </Button>
      </Menu.Target>
      <Menu.Dropdown miw={200}>
        {statuses.map((status) => (
          <Menu.Item
            key={status}
            leftSection={<StatusDot color={statusColors[status]} />}
            rightSection={check(!current.customStatus && current.status === status)}
            onClick={() => void setStatus({ status })}
          >
            {t(`employees.status.${status}`)}
          </Menu.Item>
        ))}
        {(data?.employeeStatuses.length ?? 0) > 0 && <Menu.Divider />}
        {data?.employeeStatuses.map((own) => (
          <Menu.Item
            key={own.id}
            leftSection={<StatusDot color={own.color} />}
            rightSection={check(current.customStatus?.id === own.id)}
            onClick={() => void setStatus({ statusId: own.id })}
          >
            {own.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
