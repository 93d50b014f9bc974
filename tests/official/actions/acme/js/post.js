console.log("post");
