/** Contacts the visitor leaves, and requests they send, in forms that do not reload the page. */

import { random } from "./env";
import { key } from "./site";
import type { Callback, Params } from "./types";
import { call, getCredentials, ids } from "./visit";

type Contact = { name?: string; phone?: string; email?: string };

type OfflineRequest = Params & Contact & {
  message?: string;
  is_sale?: boolean;
  sale_cost?: string;
  group_id?: number;
  form_name?: string;
  user_fields?: Record<string, unknown>;
};

/** At least one of the three must be filled, else the server answers `success: false`. Other keys are ignored. */
export const addVisitorInfo = (contact?: Contact, done?: Callback) => {
  const copy: Contact = Object.assign({}, contact);
  call(
    "vc/s/",
    () => ({ sk: key, ci: `${ids.v}.${ids.s}.${ids.t}`, hi: ids.h, vn: copy.name, vp: copy.phone, ve: copy.email, s: 1 }),
    done,
  );
};

/** A request of a visitor who stayed unknown is sent too. */
export const addOfflineRequest = (request?: OfflineRequest, done?: Callback) => {
  const fields = Object.assign({ nonce: random() }, request);
  const user_fields = JSON.stringify(fields.user_fields);
  call(
    "api/add_offline_message/",
    () => Object.assign(fields, getCredentials(), { user_fields }),
    done,
    true,
  );
};
