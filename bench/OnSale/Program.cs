return await Ticketing.OnSale.Benchmark.Run(args);
