/** A notification to set up in UIS: its name there, and what to paste. */
export interface Template {
  event: string;
  title: string;
  text: string;
}

const common = [
  'notification_time',
  'notification_timestamp',
  'call_session_id',
  'external_id',
  'direction',
  'is_internal',
  'call_source',
  'start_time',
  'virtual_phone_number',
  'contact_phone_number',
];
const employee = ['employee_id', 'employee_full_name', 'employee_phone_number'];
const durations = ['talk_time_duration', 'total_time_duration', 'wait_time_duration'];

/** The notifications of UIS we read, in the order of a call. */
export const uisTemplates: readonly Template[] = [
  template('inbound_call', 'Входящий звонок', []),
  template('outbound_call', 'Исходящий звонок', employee),
  template('waiting', 'Ожидание ответа', [...employee, 'leg_id']),
  template('talk_started', 'Начало разговора', [...employee, 'leg_ids']),
  template('talk_finished', 'Завершение разговора', [...employee, 'leg_ids', 'talk_time_duration']),
  template('call_finished', 'Завершение звонка', [...employee, ...durations]),
  template('lost_call', 'Потерянный звонок', ['employee_ids', 'wait_time_duration']),
  template('record_ready', 'Запись разговора', [...employee, 'file_link', 'file_duration']),
];

/** UIS puts the values in, quotes and all. */
function template(event: string, title: string, more: string[]): Template {
  const fields = [...common, ...more].map((name) => `"${name}":{{${name}}}`);
  return { event, title, text: `{${[`"event":"${event}"`, ...fields].join(',\n')}}` };
}
