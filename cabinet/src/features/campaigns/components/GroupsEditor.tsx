import { Button, Divider, Group, Stack, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type Dispatch, Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { type ConditionFault, type DraftGroup, type Edit, most, type Side } from '../conditions';
import { ConditionRow } from './ConditionRow';
import classes from './GroupsEditor.module.css';

interface GroupsEditorProps {
  side: Side;
  groups: DraftGroup[];
  faults: Map<number, ConditionFault>;
  edit: Dispatch<Edit>;
}

/** The groups of one side: conditions in a group hold together, groups stand for each other. */
export function GroupsEditor({ side, groups, faults, edit }: GroupsEditorProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.side}>
      <legend className={classes.legend}>{t(`campaigns.editor.${side}`)}</legend>
      <Text size="sm" c="dimmed" mb="sm">
        {t(`campaigns.editor.${side}Hint`)}
      </Text>
      <Stack gap="xs">
        {groups.map((group, index) => (
          <Fragment key={group.id}>
            {index > 0 && <Divider label={t('campaigns.editor.or')} />}
            <div
              className={classes.group}
              role="group"
              aria-label={t('campaigns.editor.group', { number: index + 1 })}
            >
              <Stack gap="xs">
                {group.conditions.map((condition) => (
                  <ConditionRow
                    key={condition.id}
                    side={side}
                    group={group.id}
                    condition={condition}
                    fault={faults.get(condition.id)}
                    edit={edit}
                  />
                ))}
                <Group gap="xs">
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    leftSection={<IconPlus size={14} aria-hidden />}
                    disabled={group.conditions.length >= most.conditions}
                    onClick={() => edit({ type: 'addCondition', side, group: group.id })}
                  >
                    {t('campaigns.editor.addCondition')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="subtle"
                    color="gray"
                    onClick={() => edit({ type: 'removeGroup', side, group: group.id })}
                  >
                    {t('campaigns.editor.removeGroup')}
                  </Button>
                </Group>
              </Stack>
            </div>
          </Fragment>
        ))}
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            disabled={groups.length >= most.groups}
            onClick={() => edit({ type: 'addGroup', side })}
          >
            {t('campaigns.editor.addGroup')}
          </Button>
        </div>
      </Stack>
    </fieldset>
  );
}
