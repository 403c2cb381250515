import { Checkbox, NumberInput, PasswordInput, Switch, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { ConnectionForm } from '../connectionForm';

interface ConnectionFieldsProps {
  form: UseFormReturnType<ConnectionForm>;
  /** A connection there is already: more can be changed, and what is secret stays. */
  saved?: { hasToken: boolean };
}

/** The fields of a connection; what a kind does not need is not asked for. */
export function ConnectionFields({ form, saved }: ConnectionFieldsProps) {
  const { t } = useTranslation();
  const { kind, isWeak, removeToken } = form.getValues();
  const kept = saved?.hasToken ? t('connections.form.keeps') : undefined;
  return (
    <>
      <TextInput
        label={t('connections.form.name')}
        required
        maxLength={100}
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      {kind !== 'MANGO' && (
        <TextInput
          label={t('connections.form.address')}
          description={t(kind === 'UIS' ? 'connections.form.addressUis' : 'connections.form.addressHint')}
          placeholder="https://"
          inputMode="url"
          {...form.getInputProps('address')}
        />
      )}
      {kind === 'UIS' && (
        <TextInput
          label={t('connections.form.login')}
          description={t('connections.form.loginHint')}
          autoComplete="off"
          {...form.getInputProps('login')}
        />
      )}
      <PasswordInput
        label={t(`connections.form.token${kind}`)}
        placeholder={kept}
        autoComplete="new-password"
        disabled={removeToken}
        visibilityToggleButtonProps={{ 'aria-label': t('connections.form.showSecret') }}
        {...form.getInputProps('token')}
      />
      {kind === 'MANGO' && (
        <PasswordInput
          label={t('connections.form.salt')}
          placeholder={kept}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': t('connections.form.showSecret') }}
          {...form.getInputProps('salt')}
        />
      )}
      {saved?.hasToken && kind !== 'MANGO' && (
        <Checkbox
          label={t('connections.form.removeToken')}
          {...form.getInputProps('removeToken', { type: 'checkbox' })}
        />
      )}
      {kind === 'CTPBX' && !saved && (
        <Checkbox
          label={t('connections.form.weak')}
          description={t('connections.form.weakHint')}
          {...form.getInputProps('isWeak', { type: 'checkbox' })}
        />
      )}
      {(kind === 'UIS' || isWeak || saved) && (
        <Textarea
          label={t('connections.form.ips')}
          description={t('connections.form.ipsHint')}
          autosize
          minRows={2}
          {...form.getInputProps('allowedIps')}
        />
      )}
      {saved && (
        <>
          <Textarea
            label={t('connections.form.destinations')}
            description={t('connections.form.destinationsHint')}
            autosize
            minRows={2}
            {...form.getInputProps('allowedDestinations')}
          />
          <NumberInput
            label={t('connections.form.maxMinutes')}
            min={1}
            max={1440}
            allowDecimal={false}
            {...form.getInputProps('maxCallMinutes')}
          />
          {kind === 'CTPBX' && (
            <Switch
              label={t('connections.form.records')}
              {...form.getInputProps('recordsAll', { type: 'checkbox' })}
            />
          )}
        </>
      )}
    </>
  );
}
