/** What every signed-in page loads: htmx, menus, the palette, shortcuts, toasts, the theme. */
import 'htmx.org';
import 'bootstrap/js/dist/dropdown';
import { startConfirm } from './shell/confirm';
import { startKeys } from './shell/keys';
import { startParts } from './shell/parts';
import { startTheme } from './shell/theme';
import { startToasts } from './shell/toasts';

startTheme();
startToasts();
startKeys();
startParts();
startConfirm();
