var Timeless = { receive: function () {} };
