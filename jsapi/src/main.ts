import { api } from "./api";
import { safe, win } from "./env";
import { leaveHook, widget } from "./numbers";
import { takeOver } from "./queue";
import { findHost } from "./site";
import { watchPolicy } from "./transport";

safe(() => {
  findHost();
  watchPolicy();
  win.ComagicWidget = widget;
  leaveHook();
  takeOver(api as never);
})();
