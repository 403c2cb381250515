import { Badge, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMutation } from 'urql';
import { useCan } from '@/features/session/hooks/useCan';
import { type ApiTokenFieldsFragment, RevokeApiTokenDocument } from '@/graphql/generated/graphql';
import { ConfirmButton } from '@/ui/ConfirmButton';
import { Moment } from '@/ui/Moment';

const context = { additionalTypenames: ['ApiToken'] };

/** The tokens with what they may do and when they were used. */
export function TokensTable({ tokens }: { tokens: ApiTokenFieldsFragment[] }) {
  const { t } = useTranslation();
  const seesAll = useCan('ADMIN');
  const [, revoke] = useMutation(RevokeApiTokenDocument);
  return (
    <div className="table-scroll" role="region" aria-label={t('tokens.list.title')} tabIndex={0}>
      <Table verticalSpacing="sm" horizontalSpacing="md" miw={820}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('tokens.list.name')}</Table.Th>
            <Table.Th>{t('tokens.list.scopes')}</Table.Th>
            {seesAll && <Table.Th>{t('tokens.list.user')}</Table.Th>}
            <Table.Th>{t('tokens.list.lastUsed')}</Table.Th>
            <Table.Th>{t('tokens.list.expires')}</Table.Th>
            <Table.Th ta="right">{t('common.field.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <Table.Tr key={token.id}>
              <Table.Td maw={240}>
                <Text size="sm" fw={600} className="break">
                  {token.name}
                </Text>
                <Text size="xs" c="dimmed" className="mono">
                  {token.prefix}…
                </Text>
              </Table.Td>
              <Table.Td>
                <Group gap={4}>
                  {token.scopes.map((scope) => (
                    <Badge key={scope} variant="light" color="gray" tt="none">
                      {t(`tokens.scope.${scope}`)}
                    </Badge>
                  ))}
                </Group>
              </Table.Td>
              {seesAll && (
                <Table.Td maw={200} className="break">
                  {token.user.name || token.user.email}
                </Table.Td>
              )}
              <Table.Td>
                {token.lastUsedAt ? <Moment at={token.lastUsedAt} /> : t('tokens.list.neverUsed')}
              </Table.Td>
              <Table.Td>
                {token.expiresAt ? <Moment at={token.expiresAt} as="date" /> : t('tokens.lifetime.never')}
              </Table.Td>
              <Table.Td ta="right">
                <ConfirmButton
                  size="xs"
                  variant="subtle"
                  color="red"
                  aria-label={t('tokens.list.revokeNamed', { name: token.name })}
                  title={t('tokens.revoke.question', { name: token.name })}
                  text={t('tokens.revoke.text')}
                  confirm={t('tokens.list.revoke')}
                  action={async () => (await revoke({ input: { id: token.id } }, context)).error}
                >
                  {t('tokens.list.revoke')}
                </ConfirmButton>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
