import { Box, type BoxProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuery } from 'urql';
import { MyEmployeeDocument } from '@/graphql/generated/graphql';
import { StatusMenu } from './StatusMenu';

const context = { additionalTypenames: ['Employee', 'CustomEmployeeStatus'] };

/** The status of the employee the signed-in user is; nothing for those who take no calls. */
export function MyStatus(place: BoxProps) {
  const { t } = useTranslation();
  const [{ data }] = useQuery({ query: MyEmployeeDocument, context });
  const me = data?.myEmployee;
  if (!me) {
    return null;
  }
  return (
    <Box {...place}>
      <StatusMenu employeeId={me.id} current={me} label={t('employees.mine.label')} fullWidth />
    </Box>
  );
}
