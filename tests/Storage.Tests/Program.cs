System.Console.WriteLine("run it by dotnet test");
