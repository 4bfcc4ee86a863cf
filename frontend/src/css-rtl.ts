import '@tabler/core/dist/css/tabler.rtl.min.css';
import './fonts.css';
import './styles/index.css';
