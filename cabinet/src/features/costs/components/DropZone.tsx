import { FileButton, Button, Text } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './DropZone.module.css';

interface DropZoneProps {
  loading: boolean;
  onFile: (file: File) => void;
}

/** Takes a file by dropping it or by the system's dialog. */
export function DropZone({ loading, onFile }: DropZoneProps) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  return (
    // Dropping is a shortcut: the button does the same by keyboard.
    <div
      className={classes.zone}
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file) {
          onFile(file);
        }
      }}
    >
      <IconFileSpreadsheet size={36} stroke={1.5} color="var(--mantine-color-dimmed)" aria-hidden />
      <Text size="sm">{t('costs.upload.drop')}</Text>
      <FileButton
        accept=".csv,.xlsx"
        onChange={(file) => file && onFile(file)}
        inputProps={{ 'aria-label': t('costs.upload.file') }}
      >
        {(props) => (
          <Button {...props} loading={loading}>
            {t('costs.upload.choose')}
          </Button>
        )}
      </FileButton>
      <Text size="xs" c="dimmed">
        {t('costs.upload.limits')}
      </Text>
    </div>
  );
}
