console.debug('charts');
